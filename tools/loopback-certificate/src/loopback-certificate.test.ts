import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { makeLoopbackCertificate } from './loopback-certificate.ts';

test.each(['localhost', '127.0.0.1'])('a client that trusts nothing else connects to %s', async (host) => {
  const { cert, key } = await makeLoopbackCertificate({ commonName: 'stand-in', validDays: 7 });
  const server = createServer({ cert, key }, (socket) => socket.on('error', () => undefined).end()).listen(0, host);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const socket = connect({ host, port: (server.address() as AddressInfo).port, ca: cert });
  await once(socket, 'secureConnect');
  expect(socket.authorized).toBe(true);
  socket.destroy();
});

test('it has the name and the days that were asked for', async () => {
  const { cert } = await makeLoopbackCertificate({ commonName: 'stand-in', validDays: 7 });
  const certificate = new X509Certificate(cert);
  expect(certificate.subject).toBe('CN=stand-in');
  expect(Math.round((certificate.validToDate.getTime() - Date.now()) / 86_400_000)).toBe(7);
  expect(certificate.checkIP('::1')).toBe('::1');
  expect(certificate.checkHost('example.com')).toBeUndefined();
});
