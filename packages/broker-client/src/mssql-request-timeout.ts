// mssql 12 takes a time-out per request (documented in its README); the published types don't know it yet.
declare module 'mssql' {
  interface Transaction {
    request(overrides: { readonly requestTimeout?: number }): Request;
  }
}

export {};
