package cached

import "io/fs"

// private is true: the cache folder is in the user's profile, which Windows keeps from others.
func private(fs.FileInfo) bool { return true }

func identity(fs.FileInfo) string { return "" }
