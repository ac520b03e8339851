import { expect, test } from 'vitest';
import { isSecretName } from './secret-names.ts';

test.each([
  'Password',
  'SA_PASSWORD',
  'sql-passwd',
  'Passphrase',
  'pwd',
  'ClientSecret',
  'AZURE_CLIENT_SECRET',
  'token',
  'refreshTokens',
  'SasToken',
  'sas',
  'sig',
  'SharedAccessSignature',
  'SharedAccessKey',
  'AccountKey',
  'x-api-key',
  'Ocp-Apim-Subscription-Key',
  'PrivateKey',
  'private_key',
  'Private Key',
  'SigningKeys',
  'IssuerSigningKey',
  'InstrumentationKey',
  'Authorization',
  'Proxy-Authorization',
  'Cookie',
  'Set-Cookie',
  'credentials',
  'ConnectionString',
  'connection_strings',
  'SqlConnectionString',
  'Neo4j:Password',
  'ConnectionStrings:HartonomousDb',
  'Database:Pwd',
  'Storage__Sas',
])('%s is the name of a secret', (name) => {
  expect(isSecretName(name)).toBe(true);
});

test.each([
  'Username',
  'KeyVault:VaultUri',
  'Neo4j:Username',
  'key',
  'primaryKey',
  'keyColumns',
  'EntityId',
  'author',
  'authority',
  'authentication',
  'maxTokens',
  'input_tokens',
  'passed',
  'designation',
  'significant',
  'accessKeyboard',
])('%s is not', (name) => {
  expect(isSecretName(name)).toBe(false);
});
