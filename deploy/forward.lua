-- Orthanc sends each radiograph that it receives to OpenBoneAge. The node's rules choose those of hands.
function OnStoredInstance(instanceId, tags, metadata, origin)
  if tags['Modality'] == 'CR' or tags['Modality'] == 'DX' then
    SendToModality(instanceId, 'boneage')
  end
end
