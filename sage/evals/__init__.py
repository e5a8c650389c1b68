"""The person's own evaluation suite: cases made of turns, replayed with other models, graded, and judged."""
