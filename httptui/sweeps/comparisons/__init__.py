"""Two sweeps side by side: at which levels of their axes each contender got faster or slower, and by how much."""
