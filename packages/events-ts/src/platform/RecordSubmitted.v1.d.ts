// platform.RecordSubmitted.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * Append this item to a register under this key.
 */
export interface RecordSubmitted {
  register_name: string;
  key: string;
  item: {
    [k: string]: unknown;
  };
}
