-- What a worker service needs and nothing more; the grants are in the post-deployment script.
CREATE ROLE [HartonomousWorker] AUTHORIZATION [dbo];
