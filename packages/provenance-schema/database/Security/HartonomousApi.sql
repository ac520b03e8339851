-- What the HTTP API needs and nothing more; the grants are in the post-deployment script.
CREATE ROLE [HartonomousApi] AUTHORIZATION [dbo];
