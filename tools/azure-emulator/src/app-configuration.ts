import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type EmulatorRequest, type EmulatorResponse, HttpFailure, jsonBody } from './http-exchange.ts';
import { parseFilter } from './key-filter.ts';
import type { TokenIssuer } from './tokens.ts';

/** What tokens for App Configuration are made out to: the second where the host is not *.azconfig.io. */
const appConfigurationResources = ['https://azconfig.io', 'https://appconfig.azure.com'];

/** Content type of a reference to a Key Vault secret. */
export const secretReferenceType = 'application/vnd.microsoft.appconfig.keyvaultref+json;charset=utf-8';

/** The service's page size. */
const pageSize = 100;

const itemType = 'application/vnd.microsoft.appconfig.kv+json; charset=utf-8';
const listType = 'application/vnd.microsoft.appconfig.kvset+json; charset=utf-8';

const putSchema = z.object({
  value: z.string().nullish(),
  content_type: z.string().nullish(),
  tags: z.record(z.string(), z.string()).nullish(),
});

interface KeyValue {
  readonly key: string;
  readonly label: string | null;
  readonly value: string;
  readonly contentType: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly etag: string;
  readonly lastModified: string;
}

/** Key-values of one App Configuration store. */
export class AppConfigurationStore {
  /** Set to false to take the identity's role away. */
  isGranted = true;
  readonly #tokens: TokenIssuer;
  readonly #items = new Map<string, KeyValue>();

  constructor(tokens: TokenIssuer) {
    this.#tokens = tokens;
  }

  /** Sets a key-value and gives it a new ETag. */
  set(
    key: string,
    value: string,
    label: string | null = null,
    contentType: string | null = null,
    tags: Readonly<Record<string, string>> = {},
  ): KeyValue {
    const item: KeyValue = {
      key,
      label,
      value,
      contentType,
      tags,
      etag: randomBytes(16).toString('base64url'),
      lastModified: new Date().toISOString(),
    };
    this.#items.set(identity(key, label), item);
    return item;
  }

  delete(key: string, label: string | null = null): boolean {
    return this.#items.delete(identity(key, label));
  }

  handle(request: EmulatorRequest): EmulatorResponse {
    this.#authorize(request);
    if (!request.query.has('api-version')) throw problem(400, 'api-version', 'api-version is required.');
    const [area, key, ...more] = request.path;
    if (area !== 'kv' || more.length > 0) {
      throw problem(501, 'not-implemented', 'The azure-emulator serves /kv and /kv/{key} only.');
    }
    if (key === undefined) {
      if (request.method !== 'GET' && request.method !== 'HEAD') throw problem(405, 'method', 'Method not allowed.');
      return this.#list(request);
    }
    return this.#one(request, key, labelOf(request.query.get('label')));
  }

  #authorize({ headers }: EmulatorRequest): void {
    const state = this.#tokens.check(headers.authorization, appConfigurationResources);
    if (state !== 'valid') {
      const error = state === 'absent' ? '' : ` error="invalid_token", error_description="The token is ${state}"`;
      throw problem(401, 'unauthorized', `The bearer token is ${state}.`, {
        'www-authenticate': `HMAC-SHA256, Bearer${error}`,
      });
    }
    if (!this.isGranted) {
      throw problem(
        403,
        'forbidden',
        'The identity has no role that allows this action (App Configuration Data Reader).',
      );
    }
  }

  #one(request: EmulatorRequest, key: string, label: string | null): EmulatorResponse {
    const { method, headers } = request;
    const found = this.#items.get(identity(key, label));
    const current = found === undefined ? undefined : `"${found.etag}"`;
    if (headers['if-match'] !== undefined && !matches(headers['if-match'], current)) throw preconditionFailed();
    const isUnchanged = headers['if-none-match'] !== undefined && matches(headers['if-none-match'], current);
    switch (method) {
      case 'HEAD':
      case 'GET':
        if (found === undefined) throw problem(404, 'not-found', 'The key does not exist.');
        if (isUnchanged) return { status: 304, headers: { etag: `"${found.etag}"` } };
        return shown(found, method);
      case 'PUT': {
        if (isUnchanged) throw preconditionFailed();
        const body = jsonBody(request, putSchema, problem(400, 'invalid-body', 'The body is invalid.').response);
        return shown(this.set(key, body.value ?? '', label, body.content_type ?? null, body.tags ?? {}), method);
      }
      case 'DELETE':
        this.delete(key, label);
        return found === undefined ? { status: 204 } : shown(found, method);
      default:
        throw problem(405, 'method', 'Method not allowed.');
    }
  }

  #list({ method, query, headers }: EmulatorRequest): EmulatorResponse {
    const keyFilter = parseFilter(query.get('key') ?? '*');
    const labelText = query.get('label');
    const labelFilter = labelText === undefined ? () => true : parseFilter(labelText);
    if (keyFilter === undefined) throw problem(400, 'invalid-argument', "Invalid character in 'key'.");
    if (labelFilter === undefined) throw problem(400, 'invalid-argument', "Invalid character in 'label'.");
    const after = query.get('after') ?? '';
    const items = [...this.#items.values()]
      .filter(({ key, label }) => keyFilter(key) && labelFilter(label))
      .sort((left, right) => (position(left) < position(right) ? -1 : 1))
      .filter((item) => token(item) > after);
    const page = items.slice(0, pageSize);
    const etag = createHash('sha256')
      .update(page.map((item) => item.etag).join())
      .digest('base64url');
    const last = page.at(-1);
    const next = items.length > pageSize && last !== undefined ? nextLink(query, token(last)) : undefined;
    const common = { etag: `"${etag}"`, ...(next === undefined ? {} : { link: `<${next}>; rel="next"` }) };
    if (headers['if-none-match'] !== undefined && matches(headers['if-none-match'], `"${etag}"`)) {
      return { status: 304, headers: common };
    }
    const json = { items: page.map(wire), etag, ...(next === undefined ? {} : { '@nextLink': next }) };
    return { status: 200, headers: { ...common, 'content-type': listType }, ...(method === 'HEAD' ? {} : { json }) };
  }
}

function identity(key: string, label: string | null): string {
  return JSON.stringify([key, label]);
}

function position({ key, label }: KeyValue): string {
  return `${key}\0${label ?? ''}`;
}

/** Where a page ended, in a form that sorts as the items do. */
function token(item: KeyValue): string {
  return Buffer.from(position(item)).toString('hex');
}

function labelOf(text: string | undefined): string | null {
  return text === undefined || text === '' || text === '\0' ? null : text;
}

function nextLink(query: ReadonlyMap<string, string>, after: string): string {
  const next = new URLSearchParams([...query].filter(([name]) => name !== 'after'));
  next.set('after', after);
  return `/kv?${next}`;
}

function matches(header: string, etag: string | undefined): boolean {
  return header.trim() === '*' ? etag !== undefined : header.split(',').some((one) => one.trim() === etag);
}

function wire({ key, label, value, contentType, tags, etag, lastModified }: KeyValue): Record<string, unknown> {
  return { etag, key, label, content_type: contentType, value, tags, locked: false, last_modified: lastModified };
}

function shown(item: KeyValue, method: string): EmulatorResponse {
  const headers = { etag: `"${item.etag}"`, 'content-type': itemType };
  return { status: 200, headers, ...(method === 'HEAD' ? {} : { json: wire(item) }) };
}

function preconditionFailed(): HttpFailure {
  return problem(412, 'precondition-failed', 'The ETag does not match.');
}

function problem(status: number, type: string, detail: string, headers: Record<string, string> = {}): HttpFailure {
  return new HttpFailure({
    status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', ...headers },
    json: { type: `https://azconfig.io/errors/${type}`, title: detail, detail, status },
  });
}
