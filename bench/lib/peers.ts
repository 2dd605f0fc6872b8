/** Where the published figures of others come from: the public tracker of Open WebUI, to be followed by a number. */
export const openWebuiIssue = "https://github.com/open-webui/open-webui/issues/"
