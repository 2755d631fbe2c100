// platform.EntriesAppended.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * Entries were loaded into a register at once, from number `first` to `last`: its root hash now covers `total_entries`.
 */
export interface EntriesAppended {
  register_name: string;
  first: number;
  last: number;
  total_entries: number;
  root_hash: string;
}
