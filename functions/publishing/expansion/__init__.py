"""Link expansion: what an item's links look like to readers, and whose links change when an item does (contract 1.9). Nothing of AWS.

`rules` is data; `paths` reads its notation; `graph` is the world; `standing` says which edition a link shows and what of it;
`expand` goes from an item to what it links to, `dependents` from an item to those that show it, by the same rules; `changes` says
whether a write is worth that walk.
"""
