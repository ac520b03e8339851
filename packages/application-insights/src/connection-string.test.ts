import { expect, test } from 'vitest';
import { parseConnectionString } from './connection-string.ts';

const key = '12345678-1234-1234-1234-1234567890AB';

test.each([
  [`InstrumentationKey=${key}`, 'https://dc.services.visualstudio.com'],
  [
    `InstrumentationKey=${key};IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/;`,
    'https://westeurope-5.in.applicationinsights.azure.com',
  ],
  [
    ` instrumentationkey=${key} ; ApplicationId=x;LiveEndpoint=https://live.example/ `,
    'https://dc.services.visualstudio.com',
  ],
  [`InstrumentationKey=${key};EndpointSuffix=applicationinsights.us`, 'https://dc.applicationinsights.us'],
  [
    `InstrumentationKey=${key};Location=west;EndpointSuffix=applicationinsights.us`,
    'https://west.dc.applicationinsights.us',
  ],
])('%s', (text, endpoint) => {
  expect(parseConnectionString(text)).toEqual({ instrumentationKey: key.toLowerCase(), endpoint });
});

test.each([
  ['', /InstrumentationKey/],
  ['InstrumentationKey', /not NAME=value/],
  ['InstrumentationKey=not-a-key', /must be a GUID/],
  [`InstrumentationKey=${key};IngestionEndpoint=http://x.example`, /must be an https/],
  [`InstrumentationKey=${key};EndpointSuffix=a b`, /must be a host name/],
])('%s is refused, and the key is not shown', (text, message) => {
  expect(() => parseConnectionString(text)).toThrow(
    expect.objectContaining({
      code: 'APPLICATION_INSIGHTS_CONNECTION_STRING_INVALID',
      message: expect.stringMatching(message),
    }),
  );
  expect(() => parseConnectionString(text)).not.toThrow(key);
});
