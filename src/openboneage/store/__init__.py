"""The store behind the reading room and the DICOM node: films, assessments, reports, deliveries, accounts and the audit log.

`open_store(StoreSettings(folder))` opens it: an SQLite database and the films' bytes in one folder, or a PostgreSQL
database by its URL. Several processes may use one store at the same time. Functions return frozen dataclasses, no rows.

Receiving a film
    `films.receive(store, data, Reception(Source.NODE, actor="node"))` writes the film's bytes to disk, then the film and its
    job in one transaction, and returns when both are safe. Only then may a sender be told that the film is kept. A film that is
    already there, by its SOP instance UID, is not assessed again: `Received.is_new` is False. `QueueFullError` means that the
    sender should try again later.

Assessing
    `worker.Worker(store, WorkerSettings())` takes jobs and assesses each film in a process of its own, with the limits of
    `batch.limits`. A job has a lease that the worker extends; when a worker dies, another one takes the job after the lease has
    run out. An assessment is stored only by the worker that holds the lease, so a film is assessed exactly once.

Deliveries
    A delivery sends one document of a film to one destination. `WorkerSettings.deliveries` and the argument `deliveries` of
    `reports.sign` name the deliveries to add in the transaction that stores the assessment or the report. A sender repeats:
    `outbox.take`, `documents.document` for the bytes, `outbox.delivered` or `outbox.failed`. Failed deliveries are tried again
    with growing pauses; after the last try they are dead letters, which the worklist shows and `outbox.retry` revives.

Audit log
    Every change writes an entry in its own transaction, `audit.record`. Triggers refuse to change or delete entries, and each
    entry contains the checksum of the one before. Entries name films by their number and contain no patient data.
"""
