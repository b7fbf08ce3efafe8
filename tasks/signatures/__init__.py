"""What a signature on a document is made of: fields, looks, certificates, and its judgement."""
