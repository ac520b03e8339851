import { bigintOf, intOf, quoted, traceParentOf, utcTimeOf } from './message-values.ts';
import { dataClassifications } from './reference-values.ts';
import { ElementsError, readXmlElements } from './xml-elements.ts';
import { decodeXmlText, encodeXmlText } from './xml-text.ts';

/** Longest file name and source URI, in UTF-16 code units, as the tables' columns have them, and longest body. */
export const ingestionLimits = {
  fileName: 400,
  sourceUri: 2_048,
  /** Bytes of a body: 64 times the largest that `dbo.sp_EnqueueIngestion` writes. */
  bodyBytes: 16 * 1024 * 1024,
} as const;

/** Where the bytes of a file are. */
export type IngestionSource =
  /** In the message. */
  | { readonly kind: 'inline'; readonly data: Uint8Array }
  /** Uploaded into dbo.IngestionFile. */
  | { readonly kind: 'upload'; readonly ingestionFileId: bigint }
  /** At a `file:` or `https:` address, which the reader has yet to allow. */
  | { readonly kind: 'uri'; readonly uri: string };

/** Says that a file is to be ingested. */
export interface IngestionRequest {
  /** For people, and its extension as a hint; never a path to open. */
  readonly fileName: string;
  readonly tenantId: number;
  /** Where the file comes from; `null` when the sender didn't say. */
  readonly sourceUri: string | null;
  readonly source: IngestionSource;
  /** Row of dbo.IngestionJob; `null` when the sender made none. */
  readonly ingestionJobId: bigint | null;
  /** Label of the text's encoding where the sender knows it; `null`: it is found out. */
  readonly encoding: string | null;
  /** Whether a file about whose reading anything is noted is refused. */
  readonly strict: boolean;
  /** Whether the file is read anew even if the tenant has the same bytes. */
  readonly again: boolean;
  /** How sensitive the file is; `null` when the sender didn't say. */
  readonly classification: (typeof dataClassifications)[number] | null;
  readonly enqueuedAt: Date | null;
  /** W3C `traceparent` of the sender. */
  readonly traceParent: string | null;
}

/** Why a body isn't an {@link IngestionRequest}; stable, and what dead letters carry as their reason code. */
export type IngestionRequestErrorCode =
  | 'EMPTY_BODY'
  | 'BODY_TOO_LARGE'
  | 'INVALID_ENCODING'
  | 'MALFORMED_XML'
  | 'DTD_REFUSED'
  | 'UNEXPECTED_ROOT'
  | 'MISSING_ELEMENT'
  | 'INVALID_FILE_NAME'
  | 'INVALID_TENANT_ID'
  | 'INVALID_FILE_DATA'
  | 'INVALID_FILE_ID'
  | 'INVALID_SOURCE_URI'
  | 'AMBIGUOUS_SOURCE'
  | 'INVALID_ENCODING_NAME'
  | 'INVALID_OPTION'
  | 'INVALID_CLASSIFICATION';

/** What could be read of a request that as a whole can't. */
export interface PartialIngestionRequest {
  readonly fileName: string | null;
  readonly tenantId: number | null;
  readonly sourceUri: string | null;
  readonly ingestionFileId: bigint | null;
  readonly ingestionJobId: bigint | null;
}

const nothing: PartialIngestionRequest = {
  fileName: null,
  tenantId: null,
  sourceUri: null,
  ingestionFileId: null,
  ingestionJobId: null,
};

/** The body of a message isn't an {@link IngestionRequest}. Repeating it can't help: it belongs in the dead letters. */
export class IngestionRequestError extends Error {
  readonly code: IngestionRequestErrorCode;
  readonly retryable = false;
  override get name(): string {
    return this.constructor.name;
  }
  readonly partial: PartialIngestionRequest;

  constructor(
    code: IngestionRequestErrorCode,
    reason: string,
    options: { partial?: PartialIngestionRequest; cause?: unknown } = {},
  ) {
    super(reason, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.partial = options.partial ?? nothing;
  }
}

/** A request, or the error that its message is dead-lettered with. */
export type IngestionRequestResult =
  | { readonly ok: true; readonly request: IngestionRequest }
  | { readonly ok: false; readonly error: IngestionRequestError };

const known = [
  'FileName',
  'TenantId',
  'SourceUri',
  'FileDataHex',
  'IngestionFileId',
  'Encoding',
  'Strict',
  'Again',
  'Classification',
  'IngestionJobId',
  'EnqueuedAt',
  'TraceParent',
] as const;

/**
 * Writes the body that `dbo.sp_EnqueueIngestion` writes: UTF-16LE XML with byte order mark. An invalid `traceParent`
 * is dropped.
 *
 * @throws TypeError when the name or the URI has characters that XML can't hold
 */
export function encodeIngestionRequest(request: IngestionRequest): Buffer {
  const { fileName, tenantId, sourceUri, source, ingestionJobId, enqueuedAt, encoding } = request;
  const uri = source.kind === 'uri' ? source.uri : sourceUri;
  const traceParent = traceParentOf(request.traceParent);
  const parts = [
    element('FileName', escaped(fileName)),
    element('TenantId', tenantId),
    uri === null ? '' : element('SourceUri', escaped(uri)),
    source.kind === 'inline' ? element('FileDataHex', Buffer.from(source.data).toString('hex').toUpperCase()) : '',
    source.kind === 'upload' ? element('IngestionFileId', source.ingestionFileId) : '',
    encoding === null ? '' : element('Encoding', escaped(encoding)),
    request.strict ? element('Strict', 1) : '',
    request.again ? element('Again', 1) : '',
    request.classification === null ? '' : element('Classification', request.classification),
    ingestionJobId === null ? '' : element('IngestionJobId', ingestionJobId),
    enqueuedAt === null ? '' : element('EnqueuedAt', enqueuedAt.toISOString()),
    traceParent === null ? '' : element('TraceParent', traceParent),
  ];
  return encodeXmlText(`<IngestionRequest>${parts.join('')}</IngestionRequest>`);
}

const element = (name: (typeof known)[number], text: string | number | bigint) => `<${name}>${text}</${name}>`;

/** Whether a message can hold a text: control characters and halves of surrogate pairs are what XML forbids. */
function isMessageText(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 forbids
  return text.isWellFormed() && !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text);
}

function escaped(text: string): string {
  if (!isMessageText(text)) {
    throw new TypeError(`${quoted(text)} has characters that XML can't hold.`);
  }
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * Reads the body of an `IngestionRequest`. Bad bodies are an expected result and not thrown, because one bad message
 * must not end a worker. Unknown elements and attributes are ignored, so senders may be newer than readers; an
 * `EnqueuedAt`, `TraceParent` or `IngestionJobId` that can't be read counts as absent, because no data depends on it.
 *
 * @param body the message body; `null` when the message has none
 */
export function decodeIngestionRequest(body: Uint8Array | null): IngestionRequestResult {
  if (body === null || body.length === 0) {
    return failure('EMPTY_BODY', 'The message has no body. Send it through dbo.sp_EnqueueIngestion.');
  }
  if (body.length > ingestionLimits.bodyBytes) {
    const reason = `The body has ${body.length} bytes, more than ${ingestionLimits.bodyBytes}. Upload large files into dbo.IngestionFile.`;
    return failure('BODY_TOO_LARGE', reason);
  }
  let text: string;
  try {
    text = decodeXmlText(body);
  } catch (cause) {
    return failure('INVALID_ENCODING', 'The body is neither UTF-16LE nor UTF-8 text. Send XML.', { cause });
  }
  try {
    return interpret(readXmlElements(text, 'IngestionRequest', known));
  } catch (cause) {
    if (!(cause instanceof ElementsError)) throw cause;
    return failure(cause.code, cause.message, { cause });
  }
}

function interpret(elements: ReadonlyMap<string, string>): IngestionRequestResult {
  const fileName = elements.get('FileName') ?? null;
  const tenantId = intOf(elements.get('TenantId'));
  const uri = elements.get('SourceUri') ?? '';
  const sourceUri = uri === '' ? null : uri;
  const ingestionFileId = bigintOf(elements.get('IngestionFileId'));
  const ingestionJobId = bigintOf(elements.get('IngestionJobId'));
  const partial = { fileName, tenantId, sourceUri, ingestionFileId, ingestionJobId };
  const refuse = (code: IngestionRequestErrorCode, reason: string) => failure(code, reason, { partial });

  for (const name of ['FileName', 'TenantId']) {
    if (!elements.has(name)) return refuse('MISSING_ELEMENT', `The body has no <${name}> element.`);
  }
  if (fileName === null || fileName === '' || fileName.length > ingestionLimits.fileName) {
    return refuse('INVALID_FILE_NAME', `The file name must have 1 to ${ingestionLimits.fileName} characters.`);
  }
  if (tenantId === null) {
    const given = quoted(elements.get('TenantId') ?? null);
    return refuse('INVALID_TENANT_ID', `Tenant id ${given} isn't an integer that an INT column can hold.`);
  }
  if (uri.length > ingestionLimits.sourceUri) {
    return refuse('INVALID_SOURCE_URI', `The source URI is longer than ${ingestionLimits.sourceUri} characters.`);
  }
  const encoding = elements.get('Encoding') ?? null;
  if (encoding !== null && !/^[-\w.:()]{1,64}$/.test(encoding)) {
    return refuse('INVALID_ENCODING_NAME', `${quoted(encoding)} isn't the name of an encoding.`);
  }
  // What isn't understood must not be taken for leave to be lax.
  const strict = flagOf(elements.get('Strict'));
  const again = flagOf(elements.get('Again'));
  if (strict === undefined || again === undefined) {
    return refuse('INVALID_OPTION', 'Each of <Strict> and <Again> must be 1 or 0, or left out.');
  }
  const level = elements.get('Classification') ?? null;
  const classification = dataClassifications.find((known) => known === level?.toLowerCase()) ?? null;
  // Not left out: the file would count as less sensitive than it is.
  if (level !== null && classification === null) {
    return refuse('INVALID_CLASSIFICATION', `${quoted(level)} isn't one of ${dataClassifications.join(', ')}.`);
  }
  const source = sourceOf(elements, sourceUri);
  if ('code' in source) return refuse(source.code, source.reason);
  return {
    ok: true,
    request: {
      fileName,
      tenantId,
      sourceUri,
      source,
      ingestionJobId,
      encoding,
      strict,
      again,
      classification,
      enqueuedAt: utcTimeOf(elements.get('EnqueuedAt')),
      traceParent: traceParentOf(elements.get('TraceParent')),
    },
  };
}

/** Undefined: neither yes nor no. */
function flagOf(text: string | undefined): boolean | undefined {
  if (text === undefined || text === '0' || text === 'false') return false;
  return text === '1' || text === 'true' ? true : undefined;
}

type NoSource = { readonly code: IngestionRequestErrorCode; readonly reason: string };

function sourceOf(elements: ReadonlyMap<string, string>, sourceUri: string | null): IngestionSource | NoSource {
  const hex = elements.get('FileDataHex');
  const id = elements.get('IngestionFileId');
  if (hex !== undefined && id !== undefined) {
    return { code: 'AMBIGUOUS_SOURCE', reason: 'The body has both <FileDataHex> and <IngestionFileId>; send one.' };
  }
  if (hex !== undefined) {
    if (hex.length % 2 !== 0 || !/^[0-9A-Fa-f]*$/.test(hex)) {
      return { code: 'INVALID_FILE_DATA', reason: '<FileDataHex> must be pairs of hexadecimal digits.' };
    }
    return { kind: 'inline', data: Buffer.from(hex, 'hex') };
  }
  if (id !== undefined) {
    const ingestionFileId = bigintOf(id);
    if (ingestionFileId === null || ingestionFileId < 1n) {
      return { code: 'INVALID_FILE_ID', reason: `${quoted(id)} isn't the id of a row of dbo.IngestionFile.` };
    }
    return { kind: 'upload', ingestionFileId };
  }
  if (sourceUri === null) {
    return {
      code: 'MISSING_ELEMENT',
      reason: 'The body says nothing of where the bytes are: send <FileDataHex>, <IngestionFileId> or <SourceUri>.',
    };
  }
  if (!/^(file|https):/i.test(sourceUri)) {
    return {
      code: 'INVALID_SOURCE_URI',
      // Not the URI itself: it may have a login in it.
      reason: 'A file without data needs a source URI that begins with file:// or https://.',
    };
  }
  return { kind: 'uri', uri: sourceUri };
}

function failure(
  code: IngestionRequestErrorCode,
  reason: string,
  options: ConstructorParameters<typeof IngestionRequestError>[2] = {},
): IngestionRequestResult {
  return { ok: false, error: new IngestionRequestError(code, reason, options) };
}
