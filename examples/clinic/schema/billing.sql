CREATE TABLE invoices (
    invoice_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    patient_id bigint NOT NULL,
    payer_name text NOT NULL,
    payer_email text NOT NULL,
    insurance_number text,
    amount_cents integer NOT NULL,
    status text NOT NULL DEFAULT 'open',
    issued_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE payments (
    payment_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    invoice_id bigint NOT NULL REFERENCES invoices,
    provider_token text NOT NULL,
    card_last_four character(4) NOT NULL,
    paid_at timestamptz NOT NULL DEFAULT now()
);

-- What the claims worker has yet to tell the insurer.
CREATE TABLE insurance_jobs (
    job_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    invoice_id bigint NOT NULL REFERENCES invoices,
    patient_id bigint NOT NULL,
    payer_name text NOT NULL,
    insurance_number text NOT NULL,
    amount_cents integer NOT NULL,
    state text NOT NULL DEFAULT 'waiting'
);
