import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyPair, SignJWT } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import { EntraIdentities } from './entra-identities.ts';

const directory = '11111111-2222-3333-4444-555555555555';

/** Writes on and on, as fast as it is read. */
const endless: RequestListener = (_, response) => {
  const more = () => {
    while (response.write('x'.repeat(65_536)) && !response.destroyed);
  };
  response.on('drain', more);
  more();
};

test.each<[string, RequestListener]>([
  ['has no end', endless],
  ["isn't a set of keys", (_, response) => response.end('[]')],
  ['is elsewhere', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
])('while what the directory has as keys %s, nobody knows whether a token is valid', async (_, listener) => {
  const server = createServer(listener);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const identities = new EntraIdentities({
    DirectoryId: directory,
    Audiences: ['api://hartonomous'],
    Authority: 'https://login.microsoftonline.com',
    JwksUri: `http://127.0.0.1:${port}/keys`,
    Assignments: [],
  });
  const { privateKey } = await generateKeyPair('RS256');
  const token = await new SignJWT({ oid: 'ada' }).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(privateKey);
  const startedAt = performance.now();
  const away = { code: 'IDENTITY_PROVIDER_UNAVAILABLE', status: 503 };
  await expect(identities.find(token)).rejects.toMatchObject(away);
  // Not by its time alone, in which it would have taken gigabytes.
  expect(performance.now() - startedAt).toBeLessThan(4_000);
});
