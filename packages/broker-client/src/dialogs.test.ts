import { expect, test } from 'vitest';
import { beginDialogStatement, endConversationsStatement, requestSize, sendStatement } from './dialogs.ts';
import { InvalidBrokerOptionsError } from './errors.ts';

const dialog = { fromService: 'From', toService: "//it's/To", contract: '//c/[x]' };
const handles = ['6f9619ff-8b86-d011-b42d-00cf4fc964ff', '6F9619FF-8B86-D011-B42D-00CF4FC964FE'];

test('names are identifiers in brackets, the far service is a parameter, bodies are parameters', () => {
  const { sql, parameters } = beginDialogStatement(dialog, [{ messageType: 'T', body: 'x' }, { messageType: 'Empty' }]);
  expect(sql).toBe(
    [
      'DECLARE @Handle uniqueidentifier;',
      'BEGIN DIALOG CONVERSATION @Handle FROM SERVICE [From] TO SERVICE @ToService',
      '  ON CONTRACT [//c/[x]]] WITH ENCRYPTION = OFF;',
      'SEND ON CONVERSATION @Handle MESSAGE TYPE [T] (@Body0);',
      'SEND ON CONVERSATION @Handle MESSAGE TYPE [Empty];',
      'SELECT @Handle AS [conversationHandle];',
    ].join('\n'),
  );
  expect(parameters.ToService).toBe("//it's/To");
  expect(parameters.Body0).toMatchObject({ value: Buffer.from('x', 'utf16le') });
});

test('lifetime and related conversation are part of the dialog', () => {
  const { sql } = beginDialogStatement({
    ...dialog,
    lifetimeSeconds: 60,
    relatedConversation: handles[0]!,
    encryption: true,
  });
  expect(sql).toContain('WITH RELATED_CONVERSATION = @RelatedConversation, LIFETIME = 60, ENCRYPTION = ON;');
  expect(() => beginDialogStatement({ ...dialog, lifetimeSeconds: 0.5 })).toThrow(InvalidBrokerOptionsError);
});

test('messages go in requests of few sizes, so that few plans are kept', () => {
  const sizes = new Set<number>();
  for (let count = 1; count <= 1_000; count += 1) {
    for (let left = count, size = requestSize(left); left > 0; left -= size, size = requestSize(left)) sizes.add(size);
  }
  expect([...sizes].sort((a, b) => a - b)).toEqual([1, 2, 5, 10, 50, 100]);
  expect(requestSize(0)).toBe(0);
});

test('an empty body is sent as one, and no body as none', () => {
  const { sql } = sendStatement(handles[0]!, [
    { messageType: 'A', body: '' },
    { messageType: 'B', body: null },
  ]);
  expect(sql).toBe(
    'SEND ON CONVERSATION @Handle MESSAGE TYPE [A] (@Body0);\nSEND ON CONVERSATION @Handle MESSAGE TYPE [B];',
  );
});

test('ending conversations has one text for any number of handles, each handle once', () => {
  const one = endConversationsStatement(handles.slice(0, 1));
  const many = endConversationsStatement([...handles, ...handles]);
  expect(many.sql).toBe(one.sql);
  expect(many.parameters.Handles).toMatchObject({ value: handles.join('').toUpperCase() });
});

test('an end is plain, with an error, or with cleanup', () => {
  expect(endConversationsStatement(handles).sql).toContain('END CONVERSATION @Handle;');
  expect(endConversationsStatement(handles, { cleanup: true }).sql).toContain('END CONVERSATION @Handle WITH CLEANUP;');
  const failed = endConversationsStatement(handles, { error: { code: 7, description: 'x'.repeat(4_000) } });
  expect(failed.sql).toContain('END CONVERSATION @Handle WITH ERROR = @Code DESCRIPTION = @Description;');
  expect(failed.parameters.Description).toMatchObject({ value: 'x'.repeat(3_000) });
  expect(() => endConversationsStatement(handles, { cleanup: true, error: { code: 1, description: 'x' } })).toThrow(
    'not both',
  );
  expect(() => endConversationsStatement(['DROP TABLE'])).toThrow(InvalidBrokerOptionsError);
});
