CREATE TABLE patients (
    -- Numbers that are nothing else: they can be recognised wherever they turn up.
    patient_id bigint GENERATED ALWAYS AS IDENTITY (START WITH 402817 INCREMENT BY 113) PRIMARY KEY,
    first_name text NOT NULL,
    last_name text NOT NULL,
    birth_date date NOT NULL,
    email text NOT NULL UNIQUE,
    phone text,
    insurance_number text NOT NULL,
    ssn text NOT NULL,
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE addresses (
    address_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    patient_id bigint NOT NULL REFERENCES patients,
    street text NOT NULL,
    city text NOT NULL,
    postal_code text NOT NULL
);

CREATE TABLE visits (
    visit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    patient_id bigint NOT NULL REFERENCES patients,
    starts_at timestamptz NOT NULL,
    complaint text
);

CREATE TABLE diagnoses (
    diagnosis_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    patient_id bigint NOT NULL REFERENCES patients,
    icd_code text NOT NULL,
    note text,
    recorded_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON COLUMN diagnoses.note IS 'what the doctor wrote, in free text';
COMMENT ON COLUMN visits.complaint IS 'what the patient says is wrong, in their own words';
