"""From radiograph to standard hand: find the hand, align it, judge the film, draw the hand for a network."""
