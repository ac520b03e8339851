/** Where and how a text isn't JSON; `JsonReader` makes an error with line and column of it. */
export class JsonSyntaxError extends Error {
  readonly code = 'JSON_SYNTAX';
  readonly retryable = false;
  override get name(): string {
    return this.constructor.name;
  }
  /** In bytes from the start of the text. */
  readonly offset: number;
  constructor(offset: number, detail: string) {
    super(detail);
    this.offset = offset;
  }
}
