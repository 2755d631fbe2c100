// platform.DatasetLoadRefused.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * A file that a department sent was not loaded: `faults` were found in `rows`, or it could not be read on.
 */
export interface DatasetLoadRefused {
  register_name: string;
  upload_id: string;
  rows: number;
  faults: number;
}
