"""The portal 公众服务: what the public reads, with no account and no trace of who asked."""
