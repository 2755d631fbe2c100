// platform.NotificationRequested.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * Notify one recipient, or every subscriber of a list, from the template of each one's channel.
 */
export interface NotificationRequested {
  service_id: string;
  templates: {
    [k: string]: string;
  };
  /**
   * Pinned versions; the latest where none is.
   */
  template_versions?: {
    [k: string]: number;
  };
  personalisation?: {
    [k: string]: unknown;
  };
  subscribers?: string | null;
  email_address?: string | null;
  phone_number?: string | null;
  /**
   * Its lines, with newlines between.
   */
  postal_address?: string | null;
  reference?: string | null;
  /**
   * Where to go on in a long list: set by the platform alone.
   */
  after?: string | null;
}
