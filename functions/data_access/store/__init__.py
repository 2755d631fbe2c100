"""The log of registers: a head that orders all appends, immutable segments in S3, and the recent tail beside the head.

| pk | sk | what |
|---|---|---|
| `register#<name>` | `head` | owner, size, frontier, how far it is in segments, the newest load's version, the lease of a load under way |
| `register#<name>` | `snapshot` | the newest snapshot |
| `register#<name>#tail#<n // 256>` | `<n>` | the entry at place n (from 0) with its item, and the event that it is owed to |
| `register#<name>#key#<key>` | `key` | which event last wrote the key, its version, and the number of the entry |
| `register#<name>#segments` | `<last entry>#<part>` | the segment files of one commit, in order |
| `register#<name>#load#<event>` | `load` | which entries a bulk load made |
| `register#<name>#snapshots` | `<entry number>` | a snapshot, with its files |

In the bucket, under `registers/<name>/`: `tile/`, `segments/<sha-256>.gz`, `snapshots/`; segments that no log has taken yet wait under
`staged/<name>/` and expire.

A register's name is global, so its head names its owner and every append is conditional on it. The same condition, on the head's size, is
what orders appends: no two can follow the same entry.
"""
