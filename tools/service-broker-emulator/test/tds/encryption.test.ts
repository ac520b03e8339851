import { Duplex } from 'node:stream';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import sql from 'mssql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTdsServer, type TdsServer } from '../../src/tds/server.ts';
import { CannedEngine, resultSet } from './canned-engine.ts';
import { doneTokens, loginMessage, RawClient, sqlBatchMessage } from './raw-client.ts';

const engine = new CannedEngine({
  one: resultSet([{ name: 'x', type: { name: 'int' }, nullable: false }], [[1]]),
});
let optional: TdsServer;
let required: TdsServer;
let none: TdsServer;

beforeAll(async () => {
  [optional, required, none] = await Promise.all([
    startTdsServer({ engine, port: 0 }),
    startTdsServer({ engine, port: 0, encryption: 'required' }),
    startTdsServer({ engine, port: 0, encryption: 'none' }),
  ]);
});
afterAll(() => Promise.all([optional.close(), required.close(), none.close()]));

/** The client's side of TLS inside TDS. `raw` = when its records stop travelling inside PRELOGIN packets. */
async function handshake(client: RawClient, raw: 'after the handshake' | 'from the second flight'): Promise<TLSSocket> {
  let flights = 0;
  let done = false;
  const duplex: Duplex = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, callback) {
      flights += 1;
      if (done || (raw === 'from the second flight' && flights > 1)) client.write(chunk);
      else client.send(0x12, chunk);
      callback();
    },
  });
  const tls = connectTls({ socket: duplex, rejectUnauthorized: false, maxVersion: 'TLSv1.2' });
  const secure = new Promise<void>((resolve, reject) => tls.once('secureConnect', resolve).once('error', reject));
  client.takeOver((chunk, wrapped) => duplex.push(wrapped ? chunk.subarray(8) : chunk));
  await secure;
  done = true;
  return tls;
}

test.each(['after the handshake', 'from the second flight'] as const)(
  'a client that sends bare TLS records %s logs in encrypted and goes on in clear',
  async (raw) => {
    using client = await RawClient.open(optional.port);
    client.send(0x12, Buffer.from('0100060001ff00', 'hex'));
    expect((await client.message())?.includes(Buffer.from([0xff, 16, 0]))).toBe(true);
    const tls = await handshake(client, raw);
    tls.write(loginMessage());
    client.takeOver(undefined);
    expect(doneTokens(await client.message())).toEqual(['DONE 0x0 count 0']);
    client.batch('one');
    expect(doneTokens(await client.message())).toEqual(['DONE 0x10 count 1']);
  },
);

test('TLS 1.2 is the highest version offered', async () => {
  using client = await RawClient.open(optional.port);
  client.send(0x12, Buffer.from('0100060001ff01', 'hex'));
  await client.message();
  const tls = await handshake(client, 'after the handshake');
  expect(tls.getProtocol()).toBe('TLSv1.2');
});

test('a login in clear right behind PRELOGIN does not get round the encryption', async () => {
  for (const server of [optional, required]) {
    using client = await RawClient.open(server.port);
    const logins = engine.log.logins.length;
    client.send(0x12, Buffer.from('0100060001ff01', 'hex'));
    client.write(Buffer.concat([loginMessage(), sqlBatchMessage('one')]));
    await client.closed();
    expect(engine.log.logins).toHaveLength(logins);
  }
});

function pool(port: number, encrypt: boolean): sql.ConnectionPool {
  const options = { encrypt, trustServerCertificate: true };
  return new sql.ConnectionPool({ server: '127.0.0.1', port, user: 'sa', password: 'right', options });
}

test('a server that requires encryption takes encrypted clients only', async () => {
  await expect(pool(required.port, false).connect()).rejects.toMatchObject({ code: 'EENCRYPT' });
  const connected = await pool(required.port, true).connect();
  expect((await connected.request().batch('one')).recordset).toEqual([{ x: 1 }]);
  await connected.close();
});

test('a server without encryption takes clients in clear only', async () => {
  await expect(pool(none.port, true).connect()).rejects.toMatchObject({ code: 'EENCRYPT' });
  const connected = await pool(none.port, false).connect();
  expect((await connected.request().batch('one')).recordset).toEqual([{ x: 1 }]);
  await connected.close();
});

test('a certificate that cannot be used is refused at the start', async () => {
  const started = startTdsServer({ engine, port: 0, tls: { cert: 'no certificate', key: 'no key' } });
  await expect(started).rejects.toThrow(/PEM/);
});
