"""OpenBoneAge: bone age from a child's hand radiograph, with its interval and its reasons. Research use only."""
