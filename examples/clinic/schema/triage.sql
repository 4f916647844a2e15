CREATE TABLE assessments (
    assessment_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    patient_id bigint NOT NULL,
    symptoms text NOT NULL,
    urgency text NOT NULL,
    assessed_at timestamptz NOT NULL DEFAULT now()
);
