import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type BackOffOptions, backOffMs } from '@hartonomous/back-off';
import { RefusedFileError, tooLarge } from '../errors.ts';
import { type AddressScope, isAllowedAddress } from './address-rules.ts';
import type { FileContent } from './file-content.ts';
import { spool } from './spool.ts';

/** What {@link downloadFile} needs. */
export interface DownloadContext {
  /** `host` or `host:port`, lower case; their addresses must be public. */
  readonly hosts: readonly string[];
  /** As `hosts`; their addresses may be of the own network too. */
  readonly privateHosts: readonly string[];
  readonly maxBytes: number;
  /** For all of it, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** More than this and a redirect leads in circles. */
const maxRedirects = 5;

/** A server that is busy or restarts gets this many attempts; longer outages are for a replay. */
const maxAttempts = 3;

/** Pauses of at most 0.4 and 0.8 s: the first is long enough for a busy server, and all of them short beside a download. */
const backOff: BackOffOptions = { baseMs: 400, maxMs: 1_000 };

/**
 * Gets a file from an `https:` address. Every host on the way must be allowed by name and by address. The addresses are
 * looked up and checked in the connection itself, so that no later answer of the DNS can lead it elsewhere.
 *
 * @throws RefusedFileError SOURCE_NOT_ALLOWED, ADDRESS_NOT_ALLOWED, SOURCE_NOT_FOUND, SOURCE_UNAVAILABLE, FILE_TOO_LARGE
 */
export async function downloadFile(uri: string, context: DownloadContext): Promise<FileContent> {
  const deadline = AbortSignal.timeout(context.timeoutMs);
  const signal = AbortSignal.any([context.signal, deadline]);
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await follow(uri, { ...context, signal });
      } catch (error) {
        if (error instanceof RefusedFileError || signal.aborted || attempt === maxAttempts) throw error;
      }
      await pause(backOffMs(attempt, backOff), undefined, { signal });
    }
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof RefusedFileError) throw error;
    const why = deadline.aborted ? `it took longer than ${context.timeoutMs} ms` : reason(error);
    throw new RefusedFileError('SOURCE_UNAVAILABLE', `The file could not be downloaded: ${why}.`, error);
  }
}

async function follow(uri: string, context: DownloadContext): Promise<FileContent> {
  let url = allowedUrl(uri, context);
  for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
    const response = await get(url, scopeOf(url, context), context.signal);
    const status = response.statusCode ?? 0;
    const { location } = response.headers;
    if (status >= 300 && status < 400 && location !== undefined) {
      response.destroy();
      url = allowedUrl(location, context, url);
      continue;
    }
    if (status !== 200) {
      response.destroy();
      throw statusError(status);
    }
    return await body(response, context);
  }
  throw new RefusedFileError('SOURCE_UNAVAILABLE', `The address redirects more than ${maxRedirects} times.`);
}

function allowedUrl(uri: string, { hosts, privateHosts }: DownloadContext, base?: URL): URL {
  const url = URL.parse(uri, base?.href);
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.password !== '') {
    throw new RefusedFileError(
      'SOURCE_NOT_ALLOWED',
      'The address, or one that it redirects to, is not a plain https:// address.',
    );
  }
  // `host` is without port 443.
  if (![...hosts, ...privateHosts].some((allowed) => allowed.replace(/:443$/, '') === url.host)) {
    throw new RefusedFileError(
      'SOURCE_NOT_ALLOWED',
      `The host ${url.host} is not allowed. Name it under Ingestion:HttpsHosts if files may come from there.`,
    );
  }
  return url;
}

const scopeOf = (url: URL, { privateHosts }: DownloadContext): AddressScope =>
  privateHosts.some((allowed) => allowed.replace(/:443$/, '') === url.host) ? 'private' : 'public';

async function get(url: URL, scope: AddressScope, signal: AbortSignal): Promise<IncomingMessage> {
  // A host that is an address is never looked up.
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0) requireAllowed(url.hostname, [literal], scope);
  const sent = request(url, {
    // A connection of its own: one that is kept alive might have been checked for another host.
    agent: false,
    lookup: checkedLookup(scope),
    headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'hartonomous-ces-consumer' },
    signal,
  });
  sent.end();
  const [response] = (await once(sent, 'response', { signal })) as [IncomingMessage];
  return response;
}

/** Looks a name up and refuses it unless all of its addresses are allowed; the connection is made to what this gives. */
function checkedLookup(scope: AddressScope): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { all: true, ...(typeof options.family === 'number' ? { family: options.family } : {}) })
      .then((addresses) => {
        requireAllowed(
          hostname,
          addresses.map(({ address }) => address),
          scope,
        );
        const [first] = addresses as [LookupAddress, ...LookupAddress[]];
        if (options.all === true) callback(null, addresses);
        else callback(null, first.address, first.family);
      })
      .catch((error: Error) => callback(error, '', 0));
  };
}

function requireAllowed(hostname: string, addresses: readonly string[], scope: AddressScope): void {
  if (addresses.length > 0 && addresses.every((address) => isAllowedAddress(address, scope))) return;
  throw new RefusedFileError(
    'ADDRESS_NOT_ALLOWED',
    `${hostname} has an address that files are not fetched from: the machine itself, its network, or a reserved one. ` +
      'A host in a private network must be named under Ingestion:PrivateHttpsHosts.',
  );
}

async function body(response: IncomingMessage, { maxBytes }: DownloadContext): Promise<FileContent> {
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    response.destroy();
    throw new RefusedFileError('SOURCE_UNAVAILABLE', 'The server compresses the file although it was asked not to.');
  }
  const length = Number(response.headers['content-length'] ?? Number.NaN);
  if (length > maxBytes) {
    response.destroy();
    throw tooLarge(maxBytes, length);
  }
  // Destroys the response when spooling ends early; a connection that is cut makes it throw.
  return await spool(response, maxBytes);
}

function statusError(status: number): Error {
  // What may be otherwise in a moment is tried again; the rest is the server's answer.
  if (status === 429 || status >= 500) return new Error(`the server answered with status ${status}`);
  const isMissing = status === 404 || status === 410;
  return new RefusedFileError(
    isMissing ? 'SOURCE_NOT_FOUND' : 'SOURCE_UNAVAILABLE',
    `The server answered with status ${status}${isMissing ? ': there is no such file' : ''}.`,
  );
}

const reason = (error: unknown) => (error instanceof Error ? error.message.replace(/\.$/, '') : String(error));
