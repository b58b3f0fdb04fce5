"""Radiograph to standard hand: find it, put it upright in its own frame, judge the film, draw the hand for a network."""
