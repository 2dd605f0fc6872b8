// Runs before the first paint, so that a page in the dark never flashes white. The key is the one of shell/theme.ts.
try {
  const theme = JSON.parse(localStorage.getItem("omnichat.theme") ?? "null")
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme
} catch {
  // No storage, or something else in it: the system's choice stands.
}
