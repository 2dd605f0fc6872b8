/** What stands at every address while the web app has not been built. */
export const missingBuildPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>OmniChat</title>
    <style>
      body { font: 16px/1.6 system-ui, sans-serif; max-width: 34rem; margin: 18vh auto 0; padding: 0 1.5rem }
      h1 { font-size: 1.25rem; font-weight: 600 }
      code { font: 0.9em ui-monospace, monospace; padding: 0.15em 0.4em; border-radius: 6px; background: color-mix(in srgb, currentColor 10%, transparent) }
      p { opacity: 0.85 }
    </style>
  </head>
  <body>
    <h1>The server is running, but the web app has not been built yet.</h1>
    <p>Stop the server with Ctrl-C and run <code>npm start</code> in the project's folder: it builds the app, then starts.</p>
    <p>Programs can use the server as it is: <code>GET /api/config</code> says where.</p>
  </body>
</html>
`
