/**
 * The one exception: a capture that cannot be read on. What was read before it stays valid and is reported.
 * Everything milder is an Issue in CaptureFacts.
 */
export class CaptureError extends Error {
  /** Kebab-case and stable: `format-unknown`, `header-cut`, `version-unknown` ... */
  readonly code: string;
  /** Byte offset in the file. */
  readonly offset: number;

  /** The message is printable ASCII: octets of the capture in it are escaped by its writer. */
  constructor(code: string, message: string, offset: number) {
    super(message);
    this.name = 'CaptureError';
    this.code = code;
    this.offset = offset;
  }
}
