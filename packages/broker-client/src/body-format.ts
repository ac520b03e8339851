/** How values become bodies of messages and back. */
export interface BodyFormat {
  readonly encode: (value: unknown) => Uint8Array | string | null;
  /** What it throws is the `cause` of a MessageDecodeError. */
  readonly decode: (body: Buffer | null) => unknown;
}

const bodyOf = (body: Buffer | null): Buffer => {
  if (body === null) throw new TypeError('the message has no body');
  return body;
};

/** UTF-16LE as nvarchar has it; a byte order mark, as xml has it, is dropped. A lone byte or surrogate is refused. */
const decodeText = (body: Buffer | null) => new TextDecoder('utf-16le', { fatal: true }).decode(bodyOf(body));

/** JSON as T-SQL writes and reads it: `SEND ... (@Json)` with an nvarchar, `JSON_VALUE(CAST(message_body AS nvarchar(max)), ...)`. */
export const jsonBody: BodyFormat = {
  encode(value) {
    const text: string | undefined = JSON.stringify(value);
    if (text === undefined) throw new TypeError('JSON has no such value');
    return text;
  },
  decode: (body) => JSON.parse(decodeText(body)),
};

/** Text as nvarchar. */
export const textBody: BodyFormat = { encode: (value) => String(value), decode: decodeText };

/** Bytes as they are: for varbinary and for formats of an application's own. */
export const bytesBody: BodyFormat = {
  encode(value) {
    if (value instanceof Uint8Array) return value;
    throw new TypeError('not bytes');
  },
  decode: bodyOf,
};
