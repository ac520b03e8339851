import { expect, test } from 'vitest';
import { endOfDialogElement, isLastOfDialog } from './end-of-dialog.ts';
import { decodeSyncRequest, encodeSyncRequest } from './sync-request.ts';

const plain = {
  entityType: 'Atom',
  entityId: 12n,
  syncType: 'CREATE',
  tenantId: 3,
  enqueuedAt: new Date('2026-01-02T03:04:05.678Z'),
  traceParent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
} as const;

const marked = (body: Buffer, root: string) =>
  Buffer.from(body.toString('utf16le').replace(`</${root}>`, `${endOfDialogElement}</${root}>`), 'utf16le');

test('the last message of a dialog is known by its mark, and reads as any other', () => {
  const body = encodeSyncRequest(plain);
  const last = marked(body, 'Neo4jSync');
  expect(isLastOfDialog(body)).toBe(false);
  expect(isLastOfDialog(last)).toBe(true);
  expect(decodeSyncRequest(last)).toEqual({ ok: true, request: plain });
});

test('the mark counts at the end only, and in bodies that nobody can decode', () => {
  const long = `<IngestionRequest><FileName>${endOfDialogElement}</FileName>${'<x/>'.repeat(100)}</IngestionRequest>`;
  expect(isLastOfDialog(Buffer.from(long, 'utf16le'))).toBe(false);
  expect(isLastOfDialog(marked(Buffer.from('<broken></IngestionRequest>', 'utf16le'), 'IngestionRequest'))).toBe(true);
  expect(isLastOfDialog(null)).toBe(false);
  expect(isLastOfDialog(Buffer.from('x'))).toBe(false);
});
