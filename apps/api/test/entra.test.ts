import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ApiFixture } from './fixture.ts';

const tenant = 7431;
const directory = '11111111-2222-3333-4444-555555555555';
const audience = 'api://hartonomous';
const now = () => Math.floor(Date.now() / 1_000);
type Key = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

let api: ApiFixture;
let directoryServer: Server;
let signing: Key;
const published: object[] = [];

beforeAll(async () => {
  signing = await newKey('one');
  directoryServer = createServer((_, response) => response.end(JSON.stringify({ keys: published })));
  directoryServer.listen(0, '127.0.0.1');
  await once(directoryServer, 'listening');
  const { port } = directoryServer.address() as AddressInfo;
  const assignments = [
    ['oid', 'ada', 'operator'],
    ['groups', 'readers', 'viewer'],
    ['roles', 'Files.Send', 'sender'],
    ['appid', 'crawler', 'sender'],
  ].flatMap(([claim = '', value = '', role = ''], index) =>
    Object.entries({ Claim: claim, Value: value, TenantId: String(tenant), Role: role }).map(([name, text]) => [
      `Entra__Assignments__${index}__${name}`,
      text,
    ]),
  );
  api = await ApiFixture.start([tenant], {
    Entra__DirectoryId: directory,
    Entra__Audiences__0: audience,
    Entra__JwksUri: `http://127.0.0.1:${port}/keys`,
    Entra__Scope: 'access',
    ...Object.fromEntries(assignments),
  });
}, 120_000);
afterAll(async () => {
  directoryServer?.close();
  await api?.[Symbol.asyncDispose]();
});

async function newKey(kid: string): Promise<Key> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  published.push({ ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' });
  return privateKey;
}

const token = (claims: JWTPayload, { key = signing, kid = 'one', alg = 'RS256' } = {}) =>
  new SignJWT({
    ...{ aud: audience, iss: `https://login.microsoftonline.com/${directory}/v2.0`, tid: directory, oid: 'nobody' },
    ...{ exp: now() + 600, nbf: now() - 5, ...claims },
  })
    .setProtectedHeader({ alg, kid })
    .sign(key);
const identity = async (claims: JWTPayload) => await api.ask('/v1/identity', await token(claims));

test('an assignment gives a role in a tenant: to a person, a group, a role, an application', async () => {
  expect(await identity({ oid: 'ada', scp: 'profile access' })).toMatchObject({
    status: 200,
    body: { tenantId: tenant, role: 'operator', subject: 'entra:ada' },
  });
  expect((await identity({ groups: ['others', 'readers'], scp: 'access' })).body.role).toBe('viewer');
  expect((await identity({ roles: ['Files.Send'] })).body.role).toBe('sender');
  expect((await identity({ azp: 'crawler' })).body.role).toBe('sender');
  const version1 = { iss: `https://sts.windows.net/${directory}/`, appid: 'crawler' };
  expect((await identity(version1)).body.role).toBe('sender');
  // The role decides here as it does for keys.
  expect(await api.ask('/v1/atoms', await token({ azp: 'crawler' }))).toMatchObject({ status: 403 });
});

test('what is not exactly right is refused, and all reasons look alike', async () => {
  const good = { oid: 'ada', scp: 'access' };
  expect((await identity(good)).status).toBe(200);
  const stranger = (await generateKeyPair('RS256')).privateKey;
  const tokens = [
    await token({ ...good, aud: 'api://another' }),
    await token({ ...good, iss: 'https://login.microsoftonline.com/99999999-2222-3333-4444-555555555555/v2.0' }),
    await token({ ...good, tid: '99999999-2222-3333-4444-555555555555' }),
    await token({ ...good, exp: now() - 120 }),
    await token({ ...good, nbf: now() + 600 }),
    await token({ ...good, scp: 'profile' }),
    await token({ oid: 'nobody', scp: 'access', preferred_username: 'ada' }),
    await token(good, { key: stranger }),
    await token(good, { key: stranger, kid: 'unknown' }),
    `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(good)).toString('base64url')}.`,
  ];
  for (const one of tokens) {
    expect(await api.ask('/v1/identity', one)).toMatchObject({ status: 401, body: { code: 'NOT_AUTHENTICATED' } });
  }
  expect(api.program.output).not.toContain(tokens[0]);
});
