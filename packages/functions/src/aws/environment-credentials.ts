/**
 * Stands in the bundles for the package that looks for credentials in nine places: Lambda gives a function its role's in
 * the environment, and no others for as long as the process lives.
 */
export const defaultProvider = () => () => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = process.env
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    return Promise.reject(new Error("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set; Lambda sets them."))
  }
  const { AWS_SESSION_TOKEN: sessionToken } = process.env
  return Promise.resolve({ accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) })
}
