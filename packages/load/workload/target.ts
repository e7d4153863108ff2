/** Where connections are opened, and how a message is said there. */
export interface Target {
  /** ws:// or wss://, its query string included. */
  url: string;
  /** Sent with each handshake. */
  headers: Readonly<Record<string, string>>;
  subprotocol?: string;
  /** The text of the frame that sends a message; `{{message}}` stands for the message. */
  frame: string;
  /** Whether the sender is among those who receive its message. */
  senderIncluded: boolean;
}
