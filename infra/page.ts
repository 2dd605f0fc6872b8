/**
 * Runs in CloudFront, for what is not the API's: every address of the app is one page, and a file that is missing stays
 * missing. Custom error responses could not do that, for they would replace the API's own 404 too.
 */
const pageCode = `
function handler(event) {
  const request = event.request
  const valueOf = (name) => (request.headers[name] ? request.headers[name].value : undefined)
  const mode = valueOf("sec-fetch-mode")
  const wantsPage = mode === undefined ? (valueOf("accept") || "").includes("text/html") : mode === "navigate"
  const isFile = /\\.[a-z0-9]+$|\\/\\./i.test(request.uri)
  if (request.uri === "/" || (wantsPage && !isFile)) request.uri = "/index.html"
  return request
}
`

export const pageFunction = new aws.cloudfront.Function("Page", {
  runtime: "cloudfront-js-2.0",
  comment: "Every address of the app is one page",
  code: pageCode,
})

/**
 * Runs in CloudFront, for what is the API's: it tells the function the host that was asked for, which CloudFront replaces
 * by the function's own. By it the API knows our own pages; what somebody else said of it is overwritten.
 */
const hostCode = `
function handler(event) {
  const request = event.request
  request.headers["x-forwarded-host"] = { value: request.headers.host.value }
  return request
}
`

export const hostFunction = new aws.cloudfront.Function("Host", {
  runtime: "cloudfront-js-2.0",
  comment: "The API is told the host that was asked for",
  code: hostCode,
})
