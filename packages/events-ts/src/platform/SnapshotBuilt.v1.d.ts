// platform.SnapshotBuilt.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * A register as at an entry can be downloaded whole, in these files, which never change.
 */
export interface SnapshotBuilt {
  register_name: string;
  entry_number: number;
  total_records: number;
  root_hash: string;
  /**
   * @minItems 1
   */
  files: [SnapshotFile, ...SnapshotFile[]];
}
/**
 * A file of a snapshot: its name, its size in bytes, and its hash.
 */
export interface SnapshotFile {
  name: string;
  bytes: number;
  hash: string;
}
