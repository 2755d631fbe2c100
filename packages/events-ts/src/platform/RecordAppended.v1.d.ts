// platform.RecordAppended.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * An entry stands in a register, whose root hash now covers `total_entries` entries.
 */
export interface RecordAppended {
  register_name: string;
  key: string;
  entry_number: number;
  item_hash: string;
  total_entries: number;
  root_hash: string;
}
