import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type EmulatorRequest, type EmulatorResponse, HttpFailure, jsonBody } from './http-exchange.ts';
import { secretNameSchema } from './options.ts';
import type { TokenIssuer } from './tokens.ts';

/** What tokens for Key Vault are made out to. */
const vaultResource = 'https://vault.azure.net';

/** A name that no real tenant has; clients only pass it on. */
const tenantId = '00000000-0000-4000-8000-000000000001';

/** Secrets in a page of a list, as few as the service may give. */
const pageSize = 25;

const attributesSchema = z.object({
  enabled: z.boolean().optional(),
  exp: z.int().optional(),
  nbf: z.int().optional(),
});
const setSchema = z.object({
  value: z.string().max(25_600),
  contentType: z.string().max(255).optional(),
  tags: z.record(z.string(), z.string()).optional(),
  attributes: attributesSchema.optional(),
});

/** Attributes of a secret's version; times in unix seconds. */
export type SecretAttributes = z.output<typeof attributesSchema>;

interface SecretVersion {
  readonly version: string;
  readonly value: string;
  readonly contentType: string | undefined;
  readonly tags: Readonly<Record<string, string>> | undefined;
  readonly attributes: SecretAttributes;
  readonly created: number;
}

/** Secrets of one vault, with versions; names ignore case. */
export class KeyVault {
  /** Where the vault is, with a slash at the end; part of every secret's identifier. */
  uri = '';
  /** Set to false to take the identity's role away. */
  isGranted = true;
  readonly #tokens: TokenIssuer;
  readonly #secrets = new Map<string, { readonly name: string; readonly versions: SecretVersion[] }>();

  constructor(tokens: TokenIssuer) {
    this.#tokens = tokens;
  }

  /** Adds a version, which is the latest from now on. */
  set(name: string, value: string, attributes: SecretAttributes = {}, more: Partial<z.output<typeof setSchema>> = {}) {
    const key = name.toLowerCase();
    const secret = this.#secrets.get(key) ?? { name, versions: [] };
    const version: SecretVersion = {
      version: randomBytes(16).toString('hex'),
      value,
      contentType: more.contentType,
      tags: more.tags,
      attributes,
      created: Math.floor(Date.now() / 1_000),
    };
    secret.versions.push(version);
    this.#secrets.set(key, secret);
    return version;
  }

  delete(name: string): boolean {
    return this.#secrets.delete(name.toLowerCase());
  }

  handle(request: EmulatorRequest): EmulatorResponse {
    this.#authorize(request);
    const [, name, part] = request.path;
    if (!request.query.has('api-version')) throw failure(400, 'BadParameter', 'api-version must be specified');
    const { method } = request;
    if (name === undefined && method === 'GET') return this.#list(request);
    if (name === undefined || !secretNameSchema.safeParse(name).success) {
      throw failure(400, 'BadParameter', 'The request URI contains an invalid name.');
    }
    if (method === 'PUT' && part === undefined) {
      const body = jsonBody(request, setSchema, failure(400, 'BadParameter', 'The body is invalid.').response);
      return { status: 200, json: this.#bundle(name, this.set(name, body.value, body.attributes, body)) };
    }
    if (method !== 'GET') throw failure(405, 'MethodNotAllowed', 'The azure-emulator does not serve this method here.');
    if (part === 'versions') throw failure(501, 'NotImplemented', 'The azure-emulator does not list versions.');
    return this.#get(name, part);
  }

  #authorize({ headers }: EmulatorRequest): void {
    const state = this.#tokens.check(headers.authorization, [vaultResource]);
    if (state !== 'valid') {
      const challenge = `Bearer authorization="https://login.microsoftonline.com/${tenantId}", resource="${vaultResource}"`;
      throw new HttpFailure({
        status: 401,
        headers: { 'www-authenticate': challenge },
        json: { error: { code: 'Unauthorized', message: `AKV10000: the bearer token is ${state}.` } },
      });
    }
    if (!this.isGranted) {
      throw failure(403, 'Forbidden', 'Caller is not authorized to perform action on resource.', 'ForbiddenByRbac');
    }
  }

  #get(name: string, version: string | undefined): EmulatorResponse {
    const secret = this.#secrets.get(name.toLowerCase());
    const found =
      version === undefined ? secret?.versions.at(-1) : secret?.versions.find((one) => one.version === version);
    if (secret === undefined || found === undefined) {
      throw failure(
        404,
        'SecretNotFound',
        `A secret with (name/id) ${name} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command.`,
      );
    }
    if (found.attributes.enabled === false) {
      throw failure(403, 'Forbidden', 'Operation get is not allowed on a disabled secret.', 'SecretDisabled');
    }
    return { status: 200, json: this.#bundle(secret.name, found) };
  }

  #list({ query }: EmulatorRequest): EmulatorResponse {
    const names = [...this.#secrets.values()].map(({ name }) => name).sort();
    const from = Number(query.get('$skiptoken') ?? 0);
    const most = Math.min(Number(query.get('maxresults') ?? pageSize), pageSize);
    const page = names.slice(from, from + most);
    const next = from + most;
    const version = encodeURIComponent(query.get('api-version') ?? '');
    return {
      status: 200,
      json: {
        value: page.flatMap((name) => {
          const latest = this.#secrets.get(name.toLowerCase())?.versions.at(-1);
          return latest === undefined ? [] : [this.#item(name, latest)];
        }),
        nextLink:
          next < names.length
            ? `${this.uri}secrets?api-version=${version}&$skiptoken=${next}&maxresults=${most}`
            : null,
      },
    };
  }

  #item(name: string, { attributes, created, contentType, tags }: SecretVersion): Record<string, unknown> {
    return {
      id: `${this.uri}secrets/${name}`,
      attributes: { enabled: true, created, updated: created, recoveryLevel: 'Recoverable', ...attributes },
      ...(contentType === undefined ? {} : { contentType }),
      ...(tags === undefined ? {} : { tags }),
    };
  }

  #bundle(name: string, version: SecretVersion): Record<string, unknown> {
    return {
      ...this.#item(name, version),
      id: `${this.uri}secrets/${name}/${version.version}`,
      value: version.value,
    };
  }
}

function failure(status: number, code: string, message: string, inner?: string): HttpFailure {
  const innererror = inner === undefined ? {} : { innererror: { code: inner } };
  return new HttpFailure({ status, json: { error: { code, message, ...innererror } } });
}
