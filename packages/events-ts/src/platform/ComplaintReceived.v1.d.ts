// platform.ComplaintReceived.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * Whoever got an email has called it unwanted; `complaint_id` is the email provider's.
 */
export interface ComplaintReceived {
  service_id: string;
  notification_id: string;
  complaint_id: string;
}
