import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type AzureEmulator, startAzureEmulator } from '../src/index.ts';

async function track(emulator: AzureEmulator, body: unknown, gzip = false): Promise<{ status: number; json: unknown }> {
  const endpoint = /IngestionEndpoint=([^;]+)/.exec(emulator.connectionString)?.[1] ?? '';
  const content = JSON.stringify(body);
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; json: unknown }>();
  const headers = gzip ? { 'content-encoding': 'gzip' } : {};
  request(`${endpoint}/v2.1/track`, { method: 'POST', ca: emulator.ca, headers }, (response) => {
    text(response).then((json) => resolve({ status: response.statusCode ?? 0, json: JSON.parse(json) }), reject);
  })
    .on('error', reject)
    .end(gzip ? gzipSync(content) : content);
  return await promise;
}

function message(emulator: AzureEmulator, text: string) {
  const iKey = /InstrumentationKey=([^;]+)/.exec(emulator.connectionString)?.[1];
  return {
    ver: 1,
    name: 'Microsoft.ApplicationInsights.Message',
    time: '2026-11-23T00:00:00.000Z',
    iKey,
    tags: { 'ai.cloud.role': 'hartonomous.neo4j-sync-worker' },
    data: { baseType: 'MessageData', baseData: { message: text } },
  };
}

test.each([false, true])('telemetry is kept (gzip: %s)', async (gzip) => {
  await using emulator = await startAzureEmulator({ challenge: false });
  const sent = [message(emulator, 'one'), message(emulator, 'two')];
  expect(await track(emulator, sent, gzip)).toEqual({
    status: 200,
    json: { itemsReceived: 2, itemsAccepted: 2, errors: [] },
  });
  expect(emulator.telemetry.map(({ data }) => data.baseData.message)).toEqual(['one', 'two']);
});

test('one bad item of two is refused by its index', async () => {
  await using emulator = await startAzureEmulator({ challenge: false });
  const sent = [{ ...message(emulator, 'one'), iKey: 'another' }, message(emulator, 'two')];
  expect(await track(emulator, sent)).toMatchObject({ status: 206, json: { errors: [{ index: 0, statusCode: 400 }] } });
  expect(emulator.telemetry).toHaveLength(1);
});

test('what is not JSON is refused', async () => {
  await using emulator = await startAzureEmulator({ challenge: false });
  expect(await track(emulator, 'text')).toMatchObject({ status: 400 });
});
