import { EventEmitter } from 'node:events';
import mssql from 'mssql';
import { expect, test } from 'vitest';
import { watchLogin } from './login-error.ts';
import { translateError } from './translate-error.ts';

/** A connection of tedious as far as its events go. */
class Connection extends EventEmitter {
  readonly failure = Object.assign(new Error("Login failed for user 'x'."), { code: 'ELOGIN' });
  says(number: number, severity = 14): this {
    this.emit('errorMessage', { number, class: severity, message: `text of ${number}` });
    return this;
  }
  /** Fails as tedious does, and gives the error as mssql does. */
  fails(): Error {
    this.emit('connect', this.failure);
    return new mssql.ConnectionError(this.failure);
  }
}

const connecting = { operation: 'connecting', server: 'db:1433' };

function watched(): Connection {
  const connection = new Connection();
  watchLogin(connection);
  return connection;
}

test('the first error of a login is its reason, with its text', () => {
  const error = translateError(watched().says(4060, 11).says(18456).fails(), connecting);
  expect(error).toMatchObject({ code: 'DATABASE_UNAVAILABLE', number: 4060 });
  expect(error.message).toContain('text of 4060');
});

test('information is not an error', () => {
  const error = translateError(watched().says(5701, 10).says(18456).fails(), connecting);
  expect(error).toMatchObject({ code: 'BROKER_LOGIN_FAILED', number: 18456 });
});

test('of several attempts the last one counts', () => {
  const connection = watched().says(40613, 14);
  connection.emit('retry');
  expect(translateError(connection.says(18456).fails(), connecting)).toMatchObject({ code: 'BROKER_LOGIN_FAILED' });
});

test('what a connection says once it is made is nobody else’s reason', () => {
  const connection = watched();
  connection.emit('connect');
  connection.says(4060, 11);
  expect(connection.listenerCount('errorMessage')).toBe(0);
  expect(translateError(watched().fails(), connecting)).toMatchObject({ code: 'BROKER_LOGIN_FAILED' });
});

test('the plain object of msnodesqlv8 is left alone', () => {
  expect(() => watchLogin({})).not.toThrow();
});
