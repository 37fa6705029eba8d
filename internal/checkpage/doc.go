// Package checkpage writes what is told of a check as Markdown: a page for each
// code, and the index of all. The pages of docs/checks and what the command
// line prints of a code are this text.
package checkpage
