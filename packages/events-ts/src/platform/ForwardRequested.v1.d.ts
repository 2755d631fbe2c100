// platform.ForwardRequested.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * Hand an event on to a webhook or queue that its department declared.
 */
export interface ForwardRequested {
  target: "webhook" | "queue";
  name: string;
  event: {
    [k: string]: unknown;
  };
}
