import { describe, expect, it } from 'vitest';
import { Transaction } from '../storage/transaction.ts';
import { Principals } from './principals.ts';

function fresh() {
  const principals = new Principals(undefined, () => {});
  const transaction = new Transaction(1n, 51);
  principals.create(transaction, { name: 'Reader', kind: 'user', defaultSchema: 'dbo' });
  principals.create(transaction, { name: 'Team', kind: 'role' });
  const set = (action: 'grant' | 'deny' | 'revoke', grantee: string, securable = 'OBJECT:dbo.t') =>
    principals.setPermission(transaction, action, { permission: 'SELECT', securable, grantee, withGrantOption: false });
  const may = () => principals.allows('Reader', 'SELECT', ['OBJECT:dbo.t', 'SCHEMA:dbo', 'DATABASE:']);
  return { principals, transaction, set, may };
}

describe('Principals', () => {
  it('lets dbo do everything and a new user nothing', () => {
    const { principals, may } = fresh();
    expect(principals.allows('dbo', 'SELECT', ['OBJECT:dbo.t'])).toBe(true);
    expect(may()).toBe(false);
  });

  it('takes a grant on what contains the object', () => {
    const { set, may } = fresh();
    set('grant', 'Reader', 'SCHEMA:dbo');
    expect(may()).toBe(true);
    set('revoke', 'Reader', 'SCHEMA:dbo');
    expect(may()).toBe(false);
  });

  it('reaches members through their role, and lets DENY win', () => {
    const { principals, transaction, set, may } = fresh();
    principals.update(transaction, 'Reader', (user) => ({ ...user, memberOf: ['Team'] }));
    set('grant', 'Team');
    expect(may()).toBe(true);
    set('deny', 'Reader');
    expect(may()).toBe(false);
  });

  it('forgets permissions on what is dropped, and takes everything back in a rollback', () => {
    const { principals, transaction, set, may } = fresh();
    set('grant', 'Reader');
    principals.forgetSecurable(transaction, 'OBJECT:dbo.t');
    expect(may()).toBe(false);
    transaction.rollback();
    expect(principals.find('Reader')).toBeUndefined();
  });
});
