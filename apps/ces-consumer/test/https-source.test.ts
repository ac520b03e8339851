import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { makeLoopbackCertificate } from '@hartonomous/loopback-certificate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DownloadContext, downloadFile } from '../src/sources/https-source.ts';

let server: Server;
let host = '';
const asked: string[] = [];
const trusted = getCACertificates();

/** What the server does at a path. */
const answers: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
  '/file': (_request, response) => response.end('the file'),
  '/empty': (_request, response) => response.end(),
  '/moved': (_request, response) => response.writeHead(302, { location: '/file' }).end(),
  '/circle': (_request, response) => response.writeHead(302, { location: '/circle' }).end(),
  '/to-http': (_request, response) => response.writeHead(302, { location: `http://${host}/file` }).end(),
  '/to-metadata': (_request, response) =>
    response.writeHead(301, { location: 'https://169.254.169.254/latest/meta-data' }).end(),
  '/to-loopback': (_request, response) =>
    response.writeHead(307, { location: `https://127.0.0.1:${portOf()}/file` }).end(),
  '/to-file': (_request, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  '/says-large': (_request, response) => response.writeHead(200, { 'content-length': '1000001' }).end('x'),
  '/is-large': (_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  },
  '/silent': () => undefined,
  '/cut': (_request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('half');
    setTimeout(() => response.destroy(), 20);
  },
  '/gone': (_request, response) => response.writeHead(410).end(),
  '/forbidden': (_request, response) => response.writeHead(403).end(),
  '/busy': (_request, response) => response.writeHead(503).end(),
  '/busy-twice': (_request, response) => {
    const times = asked.filter((path) => path === '/busy-twice').length;
    response.writeHead(times <= 2 ? 503 : 200).end('at last');
  },
  '/zipped': (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('zip'),
};

const portOf = () => (server.address() as AddressInfo).port;

beforeAll(async () => {
  const { cert, key } = await makeLoopbackCertificate({ commonName: 'localhost', validDays: 1 });
  setDefaultCACertificates([...trusted, cert]);
  server = createServer({ cert, key }, (request, response) => {
    asked.push(request.url ?? '');
    answers[request.url ?? '']?.(request, response);
  }).listen(0, 'localhost');
  await once(server, 'listening');
  host = `localhost:${portOf()}`;
});

afterAll(async () => {
  setDefaultCACertificates(trusted);
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

async function download(uri: string, given: Partial<DownloadContext> = {}): Promise<string> {
  await using content = await downloadFile(uri, {
    hosts: [],
    privateHosts: [host],
    maxBytes: 1_000_000,
    timeoutMs: 20_000,
    signal: new AbortController().signal,
    ...given,
  });
  const pieces = [];
  for await (const piece of content.open()) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

test.each([
  ['/file', 'the file'],
  ['/empty', ''],
  ['/moved', 'the file'],
  ['/busy-twice', 'at last'],
])('%s is fetched', async (path, text) => {
  expect(await download(`https://${host}${path}`)).toBe(text);
});

test.each([
  ['/circle', 'SOURCE_UNAVAILABLE'],
  ['/to-http', 'SOURCE_NOT_ALLOWED'],
  ['/to-metadata', 'SOURCE_NOT_ALLOWED'],
  ['/to-loopback', 'SOURCE_NOT_ALLOWED'],
  ['/to-file', 'SOURCE_NOT_ALLOWED'],
  ['/says-large', 'FILE_TOO_LARGE'],
  ['/is-large', 'FILE_TOO_LARGE'],
  ['/cut', 'SOURCE_UNAVAILABLE'],
  ['/gone', 'SOURCE_NOT_FOUND'],
  ['/forbidden', 'SOURCE_UNAVAILABLE'],
  ['/busy', 'SOURCE_UNAVAILABLE'],
  ['/zipped', 'SOURCE_UNAVAILABLE'],
])('%s is refused with %s', async (path, reasonCode) => {
  await expect(download(`https://${host}${path}`)).rejects.toMatchObject({ code: 'REFUSED_FILE', reasonCode });
});

test('an address that never answers is given up', async () => {
  await expect(download(`https://${host}/silent`, { timeoutMs: 300 })).rejects.toMatchObject({
    reasonCode: 'SOURCE_UNAVAILABLE',
    message: expect.stringContaining('longer than 300 ms'),
  });
});

test('a stop of the worker is not a refusal', async () => {
  const stop = new AbortController();
  const reason = new Error('stop');
  const downloading = download(`https://${host}/silent`, { signal: stop.signal });
  stop.abort(reason);
  await expect(downloading).rejects.toBe(reason);
});

test.each([
  ['a name that leads to the machine itself', () => `https://${host}/file`, () => [host]],
  ['the machine itself', () => `https://127.0.0.1:${portOf()}/file`, () => [`127.0.0.1:${portOf()}`]],
  ['the same in another notation', () => `https://0x7f.1:${portOf()}/file`, () => [`127.0.0.1:${portOf()}`]],
  ['the same as IPv6', () => `https://[::ffff:127.0.0.1]:${portOf()}/file`, () => [`[::ffff:7f00:1]:${portOf()}`]],
  ['link-local', () => 'https://169.254.169.254/', () => ['169.254.169.254']],
])('%s is not a public address, even if its name is allowed', async (_what, uri, hosts) => {
  const before = asked.length;
  await expect(download(uri(), { hosts: hosts(), privateHosts: [] })).rejects.toMatchObject({
    reasonCode: 'ADDRESS_NOT_ALLOWED',
  });
  expect(asked.length).toBe(before);
});

test('link-local addresses and IPv4 in IPv6 are refused for private hosts too', async () => {
  for (const address of ['169.254.169.254', '[::ffff:7f00:1]']) {
    await expect(download(`https://${address}/`, { privateHosts: [address] })).rejects.toMatchObject({
      reasonCode: 'ADDRESS_NOT_ALLOWED',
    });
  }
});

test('a user name in an address, and what is not an address, are refused', async () => {
  for (const uri of [`https://me:secret@${host}/file`, 'https://', 'https:///file', 'http://localhost/']) {
    await expect(download(uri)).rejects.toMatchObject({ reasonCode: 'SOURCE_NOT_ALLOWED' });
  }
});

test('a certificate that is not trusted is an error, not a file', async () => {
  setDefaultCACertificates(trusted);
  await expect(download(`https://${host}/file`)).rejects.toMatchObject({ reasonCode: 'SOURCE_UNAVAILABLE' });
});
