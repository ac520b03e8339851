/** What stands in a log in the place of a secret. */
export const redacted = '***';

const secretName =
  /pass(word|wd|phrase)|^pwd$|secret|token|credential|authorization|cookie|api[-_]?key|access[-_]?key|account[-_]?key|private[-_]?key|connection[-_]?string/i;

/** Whether a field of this name holds a secret, judged by the name alone. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

// In text, secrets appear as connection string pairs (also quoted ones, which may hold a semicolon) ...
const connectionStringPair =
  /\b(password|pwd|accountkey|sharedaccesskey|secret)(\s*=\s*)("(?:[^"]|"")*"|'(?:[^']|'')*'|[^;\s"']+)/gi;
// ... as the user information of a URL ...
const urlPassword = /([a-z][a-z0-9+.-]*:\/\/[^\s:/?#@]*):[^\s/?#@]+@/gi;
// ... and as the value of an Authorization header.
const bearer = /\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/g;

/** Replaces the secrets that free text can be seen to carry: connection string passwords, URL passwords, tokens. */
export function redactText(text: string): string {
  return text
    .replace(connectionStringPair, `$1$2${redacted}`)
    .replace(urlPassword, `$1:${redacted}@`)
    .replace(bearer, `$1 ${redacted}`);
}

/** Deeper structures are cut: a log line is for people, and a driver object in it would be megabytes. */
const maxDepth = 8;

/**
 * A copy of `value` that is safe to log: secrets by field name and in text are replaced, objects that know how to
 * print themselves (`toJSON`, for example a `Secret`) are asked to, bytes become their length, bigint a string.
 */
export function redactValue(value: unknown): unknown {
  return redactAt(value, 0, new Set());
}

/** {@link redactValue} for the fields of one log line. */
export function redactRecord(fields: object): Record<string, unknown> {
  return redactFields(Object.entries(fields), 0, new Set());
}

function redactAt(value: unknown, depth: number, path: Set<object>): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (path.has(value)) return '[circular]';
  if (depth >= maxDepth) return '[deeper]';
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  path.add(value);
  try {
    if (value instanceof Error) return describeError(value, depth, path);
    if ('toJSON' in value && typeof value.toJSON === 'function') return redactAt(value.toJSON(), depth + 1, path);
    if (Array.isArray(value)) return value.map((item) => redactAt(item, depth + 1, path));
    const entries = value instanceof Map ? value.entries() : Object.entries(value);
    return redactFields(entries, depth, path);
  } finally {
    path.delete(value);
  }
}

function redactFields(
  entries: Iterable<[unknown, unknown]>,
  depth: number,
  path: Set<object>,
): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  for (const [key, item] of entries) {
    const name = String(key);
    const hidden = isSecretName(name) && item !== null && item !== undefined && typeof item !== 'boolean';
    safe[name] = hidden ? redacted : redactAt(item, depth + 1, path);
  }
  return safe;
}

/**
 * An error as fields for a log line: type, code, retryable, message, stack, its own typed fields, and the same for
 * its cause and, for an AggregateError, its errors; secrets replaced.
 */
export function serializeError(error: unknown): unknown {
  return redactValue(error);
}

const describedFirst = new Set(['name', 'code', 'retryable', 'message', 'stack', 'cause']);

function describeError(error: Error, depth: number, path: Set<object>): object {
  const described: Record<string, unknown> = { type: error.name };
  if ('code' in error) described.code = redactAt(error.code, depth + 1, path);
  if ('retryable' in error) described.retryable = error.retryable;
  described.message = redactText(error.message);
  const own = Object.entries(error).filter(([name]) => !describedFirst.has(name));
  Object.assign(described, redactFields(own, depth, path));
  if (error instanceof AggregateError) described.errors = redactAt(error.errors, depth + 1, path);
  if (error.stack !== undefined) described.stack = redactText(error.stack);
  if (error.cause !== undefined) described.cause = redactAt(error.cause, depth + 1, path);
  return described;
}
