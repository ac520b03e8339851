import { redactText } from './redact-text.ts';
import { hiddenSecret, isSecretName } from './secret-names.ts';

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
    if (Array.isArray(value)) return redactItems(value, depth, path);
    return redactFields(isMapLike(value) ? value.entries() : Object.entries(value), depth, path);
  } finally {
    path.delete(value);
  }
}

/** By their tags: asking for the classes themselves would load undici into processes that don't need it. */
function isMapLike(value: object): value is Map<unknown, unknown> | Headers | URLSearchParams {
  return ['[object Map]', '[object Headers]', '[object URLSearchParams]'].includes(
    Object.prototype.toString.call(value),
  );
}

/** A list of two texts may be a name and its value, as fetch takes headers. */
function redactItems(items: readonly unknown[], depth: number, path: Set<object>): unknown[] {
  const isPair = items.length === 2 && typeof items[0] === 'string' && typeof items[1] === 'string';
  return items.map((item, index) =>
    isPair && index === 1 && isSecretName(String(items[0])) ? hiddenSecret : redactAt(item, depth + 1, path),
  );
}

function redactFields(
  entries: Iterable<[unknown, unknown]>,
  depth: number,
  path: Set<object>,
): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  for (const [key, item] of entries) {
    const name = String(key);
    safe[name] = isSecretName(name) && isShowing(item) ? hiddenSecret : redactAt(item, depth + 1, path);
  }
  // A setting or a header as an object of its own.
  const label = safe.name ?? safe.key;
  if (typeof label === 'string' && isSecretName(label) && isShowing(safe.value)) safe.value = hiddenSecret;
  return safe;
}

function isShowing(item: unknown): boolean {
  return item !== null && item !== undefined && typeof item !== 'boolean';
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
