"""Publishing: content, its pages, and the addresses they answer at."""
