import { expect, test } from 'vitest';
import { initialPasswordLine } from './initial-password.ts';

test('is what neo4j-admin 5.26.30 wrote for the same password and salt', () => {
  const salt = Buffer.from('fbc9fbad45296d61276c76a69d74e87b0848700c055be3f20a3abc6f5dc65b55', 'hex');
  expect(initialPasswordLine('neo4j', 'secret-pw-1', salt)).toBe(
    'neo4j:SHA-256,e988d39a371b9baf305449ef58c9edb9fb32505dcb63db1fb10c9545a0b4b29a,' +
      'fbc9fbad45296d61276c76a69d74e87b0848700c055be3f20a3abc6f5dc65b55,1024:\n',
  );
});
